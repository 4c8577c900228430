"""What runs cells. Light: the workers' server imports this room before it sets its threads."""
