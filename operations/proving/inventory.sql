-- What the database is made of, but for its rows: one row of name and definition for each part.
-- The months of a partitioned table come and go, so what they have is said once for all of them.
WITH spaces AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'ledger')
), tables AS (
    SELECT c.oid, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity,
           s.nspname || '.' || coalesce(parent.relname || ' by month', c.relname) AS name,
           c.relispartition
      FROM pg_class c
      JOIN spaces s ON s.oid = c.relnamespace
      LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
      LEFT JOIN pg_class parent ON parent.oid = i.inhparent
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
), rights AS (
    SELECT t.name, a.grantee, a.privilege_type AS privilege, NULL::text AS "column"
      FROM tables t, aclexplode(t.relacl) a
     WHERE a.grantee <> t.relowner
    UNION ALL
    SELECT t.name, a.grantee, a.privilege_type, c.attname
      FROM tables t
      JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
     CROSS JOIN aclexplode(c.attacl) a
     WHERE a.grantee <> t.relowner
), by_privilege AS (
    SELECT name, grantee, privilege,
           privilege || coalesce('(' || string_agg(DISTINCT "column", ', ') || ')', '') AS may
      FROM rights
     GROUP BY name, grantee, privilege, "column" IS NULL
), functions AS (
    SELECT p.*, s.nspname || '.' || p.proname || '('
           || pg_get_function_identity_arguments(p.oid) || ')' AS name
      FROM pg_proc p
      JOIN spaces s ON s.oid = p.pronamespace
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
)
SELECT 'rights of ' || coalesce(nullif(grantee, 0)::regrole::text, 'everybody') || ' on ' || name,
       string_agg(may, ', ' ORDER BY may)
  FROM by_privilege
 GROUP BY name, grantee
UNION ALL
SELECT 'rights of ' || coalesce(nullif(a.grantee, 0)::regrole::text, 'everybody')
       || ' on function ' || f.name, a.privilege_type
  FROM functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
 WHERE a.grantee <> f.proowner
UNION ALL
SELECT 'rights of ' || coalesce(nullif(a.grantee, 0)::regrole::text, 'everybody')
       || ' on schema ' || n.nspname, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
  FROM pg_namespace n, aclexplode(n.nspacl) a
 WHERE n.nspname IN ('public', 'ledger') AND a.grantee <> n.nspowner
 GROUP BY n.nspname, a.grantee
UNION ALL
SELECT 'rights of ' || coalesce(nullif(a.grantee, 0)::regrole::text, 'everybody')
       || ' on what will be made in ' || s.nspname || ' (' || d.defaclobjtype::text || ')',
       string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
  FROM pg_default_acl d
  JOIN spaces s ON s.oid = d.defaclnamespace
 CROSS JOIN aclexplode(d.defaclacl) a
 WHERE a.grantee <> d.defaclrole
 GROUP BY s.nspname, d.defaclobjtype, a.grantee
UNION ALL
SELECT 'role ' || r.rolname,
       concat_ws(' ', CASE WHEN r.rolsuper THEN 'superuser' END,
                 CASE WHEN r.rolcreaterole THEN 'makes roles' END,
                 CASE WHEN r.rolbypassrls THEN 'passes row security' END,
                 'member of', (SELECT string_agg(m.roleid::regrole::text, ', ')
                                 FROM pg_auth_members m WHERE m.member = r.oid))
  FROM pg_roles r
 WHERE r.rolname IN ('fen_app', 'fen_worker', 'fen_bank', 'fen_keeper', 'fen_auditor')
UNION ALL
SELECT 'table ' || name,
       string_agg(DISTINCT concat_ws(' ', relowner::regrole, relkind, relrowsecurity,
                                     relforcerowsecurity), '; ')
  FROM tables
 GROUP BY name
UNION ALL
SELECT 'columns of ' || name, string_agg(said, '; ' ORDER BY said)
  FROM (SELECT DISTINCT t.name,
               concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                         a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)) AS said
          FROM tables t
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
         WHERE t.relkind <> 'S') columns
 GROUP BY name
UNION ALL
SELECT 'constraints of ' || t.name,
       string_agg(concat_ws(' ', c.conname, pg_get_constraintdef(c.oid), c.convalidated,
                            c.condeferrable), '; ' ORDER BY c.conname)
  FROM tables t
  JOIN pg_constraint c ON c.conrelid = t.oid
 WHERE NOT t.relispartition
 GROUP BY t.name
UNION ALL
SELECT 'indexes of ' || t.name,
       string_agg(concat_ws(' ', pg_get_indexdef(x.indexrelid), x.indisvalid), '; '
                  ORDER BY pg_get_indexdef(x.indexrelid))
  FROM tables t
  JOIN pg_index x ON x.indrelid = t.oid
 WHERE NOT t.relispartition
 GROUP BY t.name
UNION ALL
SELECT 'triggers of ' || name, string_agg(said, '; ' ORDER BY said)
  FROM (SELECT DISTINCT t.name,
               concat_ws(' ', g.tgenabled,
                         CASE WHEN g.tgisinternal THEN 'reference'
                              WHEN t.relispartition THEN g.tgname
                              ELSE pg_get_triggerdef(g.oid) END) AS said
          FROM tables t
          JOIN pg_trigger g ON g.tgrelid = t.oid) triggers
 GROUP BY name
UNION ALL
SELECT 'rules of ' || t.name,
       string_agg(pg_get_ruledef(r.oid), '; ' ORDER BY r.rulename)
  FROM tables t
  JOIN pg_rewrite r ON r.ev_class = t.oid
 GROUP BY t.name
UNION ALL
SELECT 'policies of ' || t.name,
       string_agg(concat_ws(' ', p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
                            pg_get_expr(p.polqual, p.polrelid),
                            pg_get_expr(p.polwithcheck, p.polrelid)), '; ' ORDER BY p.polname)
  FROM tables t
  JOIN pg_policy p ON p.polrelid = t.oid
 GROUP BY t.name
UNION ALL
SELECT 'function ' || name,
       concat_ws(' ', proowner::regrole, prosecdef, provolatile, proisstrict, prolang, proconfig::text,
                 pg_get_function_result(oid), prosrc, pg_get_function_sqlbody(oid))
  FROM functions
UNION ALL
SELECT 'kind of account ' || k.kind, k::text FROM ledger.account_kinds k
UNION ALL
SELECT 'way of the ledger ' || f.kind || ' ' || f.debit || ' ' || f.credit, f::text
  FROM ledger.flows f
