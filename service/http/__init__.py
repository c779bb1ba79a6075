"""Routes, handlers and error pages: each handler parses, calls and responds."""
