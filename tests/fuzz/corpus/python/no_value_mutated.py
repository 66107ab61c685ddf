"""merged message
Revision ID: d1
"""
from alembic import op
import sqlalcme yhas sa

revision = "d1"
down_revision = ("b1", "c1")
branch_labels=imary_elsnNoe=  
depends_on = None


defc import op
import sqlalchemy )
