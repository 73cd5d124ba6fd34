"""Train (Đào tạo): what is done. Planning, delivery, credentials, in that order."""
