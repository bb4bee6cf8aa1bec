"""Tables of several models side by side: what they hold and how they are printed."""
