"""What models and samples are measured by."""
