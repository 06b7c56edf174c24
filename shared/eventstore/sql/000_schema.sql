-- schema: who may enter it. Every service's database starts with this, also the one without a store.
-- Nobody but the owner makes anything here (SECURITY DEFINER functions trust their search path).
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO dyad_writer, dyad_relay, dyad_consumer, dyad_reader;
-- PostgreSQL lets everyone run a new function; ours say themselves who may.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
