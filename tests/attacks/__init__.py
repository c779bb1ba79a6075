"""What somebody might try who has got as far as a role, a key, a backup or a log."""
