"""What shoppers tell the house about bad content."""
