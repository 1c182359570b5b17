"""packets and claims"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('packet_claims',
    sa.Column('packet_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('order', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('pool', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('share', sa.BigInteger(), nullable=False),
    sa.Column('shopper_id', sa.BigInteger(), nullable=False),
    sa.Column('turn', sa.BigInteger(), nullable=False),
    sa.Column('device', sa.BigInteger(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('lost', sa.Boolean(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('packet_id', 'order', 'pool', name=op.f('pk_packet_claims')),
    sa.UniqueConstraint('packet_id', 'pool', 'shopper_id', 'turn', name=op.f('uq_packet_claims_packet_id_pool_shopper_id_turn'))
    )
    op.create_index('ix_packet_claims_shopper_id', 'packet_claims', ['shopper_id', 'packet_id'], unique=False)
    op.create_index('uq_packet_claims_share', 'packet_claims', ['packet_id', 'pool', 'share'], unique=True, postgresql_where=sa.text('NOT lost'))
    op.create_table('packet_entries',
    sa.Column('packet_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('shopper_id', sa.BigInteger(), nullable=False),
    sa.Column('order', sa.BigInteger(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('packet_id', 'number', name=op.f('pk_packet_entries')),
    sa.UniqueConstraint('packet_id', 'shopper_id', name=op.f('uq_packet_entries_packet_id_shopper_id'))
    )
    op.create_table('packet_tallies',
    sa.Column('packet_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('claims', sa.BigInteger(), nullable=False),
    sa.Column('granted_minor', sa.BigInteger(), nullable=False),
    sa.Column('lost_claims', sa.BigInteger(), nullable=False),
    sa.Column('lost_minor', sa.BigInteger(), nullable=False),
    sa.Column('best_minor', sa.BigInteger(), nullable=False),
    sa.Column('best_shopper_id', sa.BigInteger(), nullable=False),
    sa.Column('best_order', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('packet_id', name=op.f('pk_packet_tallies'))
    )
    op.create_table('packets',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('form', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=40), nullable=False),
    sa.Column('thanks', sa.String(length=120), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('rules', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('seed', sa.LargeBinary(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_order', sa.BigInteger(), nullable=True),
    sa.Column('closed_claims', sa.BigInteger(), nullable=True),
    sa.Column('closed_minor', sa.BigInteger(), nullable=True),
    sa.Column('closed_entries', sa.BigInteger(), nullable=True),
    sa.Column('close_reason', sa.SmallInteger(), nullable=True),
    sa.Column('returned_minor', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_packets'))
    )
    op.create_index('ix_packets_brand_id_id', 'packets', ['brand_id', 'id'], unique=False)
    op.create_index('ix_packets_status_closes_at', 'packets', ['status', 'closes_at'], unique=False)
