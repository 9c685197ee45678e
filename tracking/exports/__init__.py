"""What other systems are told and read: xAPI, Caliper, bulk exports, webhooks."""
