#include "project/local.h"

bool local_ensure(struct arena *arena, const char *root, struct target *ret_target, struct err *err)
{
	(void)arena;
	(void)root;
	(void)ret_target;
	return err_set(err, ERR_FAILED, "usage", "--local is not there yet");
}
