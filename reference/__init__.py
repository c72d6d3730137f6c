"""The reference pages of the documentation, made from the code while the site is built; never shipped."""
