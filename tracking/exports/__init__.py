"""What other systems are sent and read: webhooks, other delivery targets, bulk exports, SQL views."""
