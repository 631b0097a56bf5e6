"""Triggers that hold what constraints of one row cannot.

Revisions are append-only; an annotation points only to a revision of its own, to a label of its
image's project, and has its box inside the image. A purge sets a flag inside of its transaction
(PostgreSQL: a local setting; SQLite: a row that is gone before the commit).
"""

from django.db import migrations

PURGING = {
    "sqlite": "EXISTS (SELECT 1 FROM projects_purge)",
    "postgresql": "current_setting('maskwright.purge', true) = 'on'",
}

SQLITE = [
    "CREATE TABLE projects_purge (active integer NOT NULL)",
    *(
        f"""CREATE TRIGGER revision_no_{verb} BEFORE {verb} ON projects_revision
            WHEN NOT {PURGING["sqlite"]}
            BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END"""
        for verb in ("UPDATE", "DELETE")
    ),
    *(
        f"""CREATE TRIGGER annotation_guard_{verb} BEFORE {verb} ON projects_annotation
            BEGIN
              SELECT RAISE(ABORT, 'the box is outside the image') WHERE EXISTS (
                SELECT 1 FROM projects_image i WHERE i.id = NEW.image_id
                  AND (NEW.bbox_x + NEW.bbox_w > i.width OR NEW.bbox_y + NEW.bbox_h > i.height
                       OR NEW.area > NEW.bbox_w * NEW.bbox_h));
              SELECT RAISE(ABORT, 'the label is of another project') WHERE NEW.label_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM projects_image i
                  JOIN projects_label l ON l.project_id = i.project_id
                  WHERE i.id = NEW.image_id AND l.id = NEW.label_id);
              SELECT RAISE(ABORT, 'the current revision is of another annotation')
                WHERE NEW.current_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM projects_revision r
                  WHERE r.id = NEW.current_id AND r.annotation_id = NEW.id);
            END"""
        for verb in ("INSERT", "UPDATE")
    ),
    """CREATE TRIGGER revision_guard BEFORE INSERT ON projects_revision
       BEGIN
         SELECT RAISE(ABORT, 'the box is outside the image') WHERE EXISTS (
           SELECT 1 FROM projects_annotation a JOIN projects_image i ON i.id = a.image_id
           WHERE a.id = NEW.annotation_id
             AND (NEW.bbox_x < 0 OR NEW.bbox_y < 0 OR NEW.bbox_w < 0 OR NEW.bbox_h < 0
                  OR NEW.bbox_x + NEW.bbox_w > i.width OR NEW.bbox_y + NEW.bbox_h > i.height
                  OR NEW.area > NEW.bbox_w * NEW.bbox_h));
         SELECT RAISE(ABORT, 'the label is of another project') WHERE NEW.label_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM projects_annotation a
             JOIN projects_image i ON i.id = a.image_id
             JOIN projects_label l ON l.project_id = i.project_id
             WHERE a.id = NEW.annotation_id AND l.id = NEW.label_id);
       END""",
]
SQLITE_BACK = [
    "DROP TRIGGER revision_no_UPDATE",
    "DROP TRIGGER revision_no_DELETE",
    "DROP TRIGGER annotation_guard_INSERT",
    "DROP TRIGGER annotation_guard_UPDATE",
    "DROP TRIGGER revision_guard",
    "DROP TABLE projects_purge",
]

POSTGRESQL = [
    f"""CREATE FUNCTION projects_revision_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF coalesce({PURGING["postgresql"]}, false) THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
          END IF;
          RAISE EXCEPTION 'revisions are append-only' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
    """CREATE TRIGGER revision_is_final BEFORE UPDATE OR DELETE ON projects_revision
       FOR EACH ROW EXECUTE FUNCTION projects_revision_is_final()""",
    """CREATE FUNCTION projects_box_and_label(image bigint, label bigint, x int, y int, w int, h int,
         pixels bigint) RETURNS void LANGUAGE plpgsql AS $$
       DECLARE i projects_image%ROWTYPE;
       BEGIN
         SELECT * INTO i FROM projects_image WHERE id = image;
         IF x < 0 OR y < 0 OR w < 0 OR h < 0 OR x + w > i.width OR y + h > i.height
            OR pixels > w::bigint * h THEN
           RAISE EXCEPTION 'the box is outside the image' USING ERRCODE = 'check_violation';
         END IF;
         IF label IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM projects_label WHERE id = label AND project_id = i.project_id) THEN
           RAISE EXCEPTION 'the label is of another project' USING ERRCODE = 'check_violation';
         END IF;
       END $$""",
    """CREATE FUNCTION projects_annotation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM projects_box_and_label(NEW.image_id, NEW.label_id, NEW.bbox_x, NEW.bbox_y,
                                        NEW.bbox_w, NEW.bbox_h, NEW.area);
         IF NEW.current_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM projects_revision
             WHERE id = NEW.current_id AND annotation_id = NEW.id) THEN
           RAISE EXCEPTION 'the current revision is of another annotation'
             USING ERRCODE = 'check_violation';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER annotation_guard BEFORE INSERT OR UPDATE ON projects_annotation
       FOR EACH ROW EXECUTE FUNCTION projects_annotation_guard()""",
    """CREATE FUNCTION projects_revision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM projects_box_and_label(
           (SELECT image_id FROM projects_annotation WHERE id = NEW.annotation_id), NEW.label_id,
           NEW.bbox_x, NEW.bbox_y, NEW.bbox_w, NEW.bbox_h, NEW.area);
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER revision_guard BEFORE INSERT ON projects_revision
       FOR EACH ROW EXECUTE FUNCTION projects_revision_guard()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER revision_is_final ON projects_revision",
    "DROP TRIGGER annotation_guard ON projects_annotation",
    "DROP TRIGGER revision_guard ON projects_revision",
    "DROP FUNCTION projects_revision_is_final()",
    "DROP FUNCTION projects_annotation_guard()",
    "DROP FUNCTION projects_revision_guard()",
    "DROP FUNCTION projects_box_and_label(bigint, bigint, int, int, int, int, bigint)",
]


def _run(statements):
    def run(_apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [
        migrations.RunPython(
            _run({"sqlite": SQLITE, "postgresql": POSTGRESQL}),
            _run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}),
        )
    ]
