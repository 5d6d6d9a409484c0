"""What two versions of a dictionary say otherwise (`difference`), and what becomes of old codes (`carrying`)."""
