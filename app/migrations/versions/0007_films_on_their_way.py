"""Films on their way"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment_objects",
        sa.Column("hash", sa.CHAR(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_segment_objects")),
    )
    op.create_index(
        op.f("ix_segment_objects_noted_at"), "segment_objects", ["noted_at"], unique=False
    )
    op.create_table(
        "transcodings",
        sa.Column("video_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("original", sa.String(length=300), nullable=False),
        sa.Column("source", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("av1", sa.Boolean(), nullable=False),
        sa.Column("gain_db", sa.Float(), nullable=True),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column(
            "begun_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("video_id", "generation", name=op.f("pk_transcodings")),
    )
    op.create_table(
        "cuts",
        sa.Column("video_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["video_id", "generation"],
            ["transcodings.video_id", "transcodings.generation"],
            name=op.f("fk_cuts_video_id_generation_transcodings"),
        ),
        sa.PrimaryKeyConstraint("video_id", "generation", "version", name=op.f("pk_cuts")),
    )
    op.create_table(
        "renditions",
        sa.Column("video_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("codecs", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("timescale", sa.Integer(), nullable=False),
        sa.Column("init_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("init_size", sa.Integer(), nullable=False),
        sa.Column("ssim", sa.Float(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["init_hash"],
            ["segment_objects.hash"],
            name=op.f("fk_renditions_init_hash_segment_objects"),
        ),
        sa.ForeignKeyConstraint(
            ["video_id", "generation"],
            ["transcodings.video_id", "transcodings.generation"],
            name=op.f("fk_renditions_video_id_generation_transcodings"),
        ),
        sa.PrimaryKeyConstraint("video_id", "generation", "name", name=op.f("pk_renditions")),
    )
    op.create_index(op.f("ix_renditions_init_hash"), "renditions", ["init_hash"], unique=False)
    op.create_table(
        "transcoding_pieces",
        sa.Column("video_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("frames_done", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id", "generation"],
            ["transcodings.video_id", "transcodings.generation"],
            name=op.f("fk_transcoding_pieces_video_id_generation_transcodings"),
        ),
        sa.PrimaryKeyConstraint(
            "video_id", "generation", "run", "number", name=op.f("pk_transcoding_pieces")
        ),
    )
    op.create_table(
        "rendition_segments",
        sa.Column("video_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.CHAR(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.BigInteger(), nullable=False),
        sa.Column("frame_sizes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"],
            ["segment_objects.hash"],
            name=op.f("fk_rendition_segments_hash_segment_objects"),
        ),
        sa.ForeignKeyConstraint(
            ["video_id", "generation", "name"],
            ["renditions.video_id", "renditions.generation", "renditions.name"],
            name=op.f("fk_rendition_segments_video_id_generation_name_renditions"),
        ),
        sa.PrimaryKeyConstraint(
            "video_id", "generation", "name", "number", name=op.f("pk_rendition_segments")
        ),
    )
    op.create_index(
        op.f("ix_rendition_segments_hash"), "rendition_segments", ["hash"], unique=False
    )
    op.create_index(
        "ix_rendition_segments_video_id_hash",
        "rendition_segments",
        ["video_id", "hash"],
        unique=False,
    )
