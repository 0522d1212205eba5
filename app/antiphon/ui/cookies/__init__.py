"""The window's page of cookies: what the environment's jar holds, and a form to change it."""
