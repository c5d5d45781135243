"""Stage 2: what each service would hold of the truth. One module a feed, one function a table."""
