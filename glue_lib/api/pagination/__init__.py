"""Pagination: from one page to the request for the next. Each module is one kind."""
