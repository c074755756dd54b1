"""The distributed roles' way through RabbitMQ: what is declared there, sent and taken."""
