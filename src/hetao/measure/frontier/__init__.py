"""Production frontiers: technology × measure → programme → certified score."""
