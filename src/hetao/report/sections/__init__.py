"""From results to sections: one file a job."""
