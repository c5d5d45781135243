"""What each feed must look like: its contract, and how a delivery is judged against it."""
