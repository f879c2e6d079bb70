"""What recipes share: flags, data, the run directory, progress, pictures."""
