"""What the model can and cannot do, asked of the thing that ships."""
