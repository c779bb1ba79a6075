"""HTTP face and CLI of pgtill. The rules live in the database; see db/."""
