"""What rewards are for: choosing answers, data and actions."""
