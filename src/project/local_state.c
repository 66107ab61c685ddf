#include "project/local_state.h"

#include <errno.h>
#include <sys/random.h>

#include "base/file.h"

static char *state_path(struct arena *arena, const struct place *place)
{
	return path_join(arena, place->dir, "state");
}

/* 128 bits, in characters that need no quoting in a URL, a shell or an .ini file. */
static bool new_password(struct arena *arena, const char **ret_password, struct err *err)
{
	unsigned char bytes[16];
	struct buf text = buf_init(arena);
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return err_set(err, ERR_FAILED, "file-unusable", "could not get random numbers: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(bytes); i++)
		buf_printf(&text, "%02x", bytes[i]);
	*ret_password = text.ptr;
	return true;
}

static void take_line(struct arena *arena, struct str line, struct local_state *state)
{
	struct str name, value;
	unsigned long long number;
	if (!str_cut(line, '=', &name, &value))
		return;
	name = str_trim(name);
	value = str_trim(value);
	const char *text = str_dup(arena, value);
	if (str_eq(name, STR("ref")))
		state->ref = text;
	else if (str_eq(name, STR("password")))
		state->password = text;
	else if (str_eq(name, STR("port")) && str_to_u64(value, &number) && number < 65536)
		state->port = (unsigned)number;
	else if (str_eq(name, STR("files")))
		state->outside = str_eq(value, STR("outside"));
	else if (str_eq(name, STR("programs")))
		state->bin = text;
	else if (str_eq(name, STR("socket")))
		state->socket = text;
	else if (str_eq(name, STR("boot")))
		state->boot = text;
	else if (str_eq(name, STR("platform")))
		state->platform = text;
}

/* Both stand in a URL and in PgBouncer's files without quotes. */
static bool is_plain(const char *text)
{
	return text && *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

bool local_state_load(struct arena *arena, const struct place *place, struct local_state *ret_state, struct err *err)
{
	struct local_state state = { 0 };
	char *path = state_path(arena, place);
	struct str rest, line;
	*ret_state = state;
	if (!file_exists(path)) {
		ret_state->ref = place_ref(arena, place->root);
		return new_password(arena, &ret_state->password, err);
	}
	if (!file_read(arena, path, &rest, err))
		return false;
	for (bool more = true; more;) {
		more = str_cut(rest, '\n', &line, &rest);
		take_line(arena, more ? line : rest, &state);
	}
	if (!is_plain(state.ref) || !is_plain(state.password)) {
		err_set(err, ERR_FAILED, "local-broken", "the file \"%s\" is damaged", path);
		return err_hint(err, "Remove the folder \"%s\", and make a new local project with \"brant dev start\".",
				place->dir);
	}
	*ret_state = state;
	return true;
}

bool local_state_save(struct arena *arena, const struct place *place, const struct local_state *state, struct err *err)
{
	struct buf text = buf_init(arena);
	buf_text(&text, "# The local project of brant.  Not to be edited; \"brant dev remove\" removes it.\n");
	buf_printf(&text, "ref = %s\npassword = %s\nport = %u\nfiles = %s\n", state->ref, state->password, state->port,
		   state->outside ? "outside" : "inside");
	const struct {
		const char *name, *value;
	} optional[] = { { "programs", state->bin },
			 { "socket", state->socket },
			 { "boot", state->boot },
			 { "platform", state->platform } };
	for (size_t i = 0; i < LEN(optional); i++)
		if (optional[i].value)
			buf_printf(&text, "%s = %s\n", optional[i].name, optional[i].value);
	return file_write(state_path(arena, place), buf_as_str(&text), 0600, err);
}
