-- 三个数据库角色：属主、应用、大屏。由数据库管理员在 `manage.py init` 之后执行；重复执行无害，升级后再执行一次。
--   psql --set=ON_ERROR_STOP=1 --dbname=sports --file=deploy/postgres/roles.sql
--
-- sports_owner  拥有全部表。只用于 `manage.py init`、`manage.py catalog sync` 和备份，不给网页服务用。
-- sports_app    网页服务和后台任务。读写数据；审计只能追加和读取。
-- sports_kiosk  大屏（如需直连数据库时）。只能读 wall 里的视图，别的一概读不到。
--
-- 角色没有登录权限；登录账号由管理员建立并授予其中一个角色，例如：
--   CREATE ROLE sports LOGIN IN ROLE sports_app;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sports_owner') THEN CREATE ROLE sports_owner NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sports_app') THEN CREATE ROLE sports_app NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sports_kiosk') THEN CREATE ROLE sports_kiosk NOLOGIN; END IF;
END $$;

BEGIN;

-- 库和模式 ------------------------------------------------------------------
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO sports_app', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO sports_kiosk', current_database());
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO sports_owner', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO sports_owner;
GRANT USAGE ON SCHEMA public TO sports_app;

-- 属主：已有的表、分区和函数都归它 -------------------------------------------
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
            AND c.relowner <> 'sports_owner'::regrole
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO sports_owner', found.name);
    END LOOP;
    FOR found IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> 'sports_owner'::regrole
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO sports_owner', found.name);
    END LOOP;
END $$;

-- 应用：读写数据，审计只追加 ---------------------------------------------------
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sports_app;
ALTER DEFAULT PRIVILEGES FOR ROLE sports_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sports_app;
REVOKE ALL ON admin_audit, admin_audit_anchor, alembic_version FROM sports_app;
GRANT SELECT, INSERT ON admin_audit, admin_audit_anchor TO sports_app;
GRANT SELECT ON alembic_version TO sports_app;
REVOKE ALL ON FUNCTION admin_audit_cut(bigint), base_add_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admin_audit_cut(bigint), base_add_month(date) TO sports_app;

-- 大屏：只有视图，不足 10 条的不出现 ---------------------------------------------
CREATE SCHEMA IF NOT EXISTS wall;
ALTER SCHEMA wall OWNER TO sports_owner;
REVOKE ALL ON SCHEMA wall FROM PUBLIC;
GRANT USAGE ON SCHEMA wall TO sports_kiosk;
CREATE OR REPLACE VIEW wall.records_by_district WITH (security_barrier) AS
    SELECT category, district, sum(records) AS records
    FROM public.roll_district GROUP BY category, district HAVING sum(records) >= 10;
CREATE OR REPLACE VIEW wall.deliveries_by_month WITH (security_barrier) AS
    SELECT category, date_trunc('month', day)::date AS month, sum(rows_accepted) AS records
    FROM public.roll_delivery GROUP BY category, date_trunc('month', day) HAVING sum(rows_accepted) >= 10;
CREATE OR REPLACE VIEW wall.visits_by_day WITH (security_barrier) AS
    SELECT district, day, sum(entries) AS entries
    FROM public.roll_visit_day GROUP BY district, day HAVING sum(entries) >= 10;
ALTER VIEW wall.records_by_district OWNER TO sports_owner;
ALTER VIEW wall.deliveries_by_month OWNER TO sports_owner;
ALTER VIEW wall.visits_by_day OWNER TO sports_owner;
GRANT SELECT ON ALL TABLES IN SCHEMA wall TO sports_kiosk;

COMMIT;
