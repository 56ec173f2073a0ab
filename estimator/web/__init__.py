"""What is served beside the live pages."""
