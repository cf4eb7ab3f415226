"""What shops offer for points: goods, their prices and their stock."""
