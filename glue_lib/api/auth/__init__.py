"""Auth: how a request shows who is asking. Each module is one kind."""
