revision = 
down_revision =