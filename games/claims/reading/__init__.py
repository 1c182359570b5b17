"""What shoppers and brands see of packets while they are played."""
