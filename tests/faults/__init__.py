"""What breaks in production, broken on purpose under load; `make test-faults` runs the long forms."""
