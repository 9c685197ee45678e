"""The pages of learners and instructors. They show what ``insights`` finds and work out no figure of their own."""
