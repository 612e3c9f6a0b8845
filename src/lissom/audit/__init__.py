"""What is wrong with the rows, before anything is learned."""
