"""Class views at translated addresses, a deep tree, lessons in several courses, sittings that go once scored."""
