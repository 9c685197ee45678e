"""What other systems receive or read: webhooks, other delivery targets, bulk exports, SQL views."""
