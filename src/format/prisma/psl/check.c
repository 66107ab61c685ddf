#include "format/prisma/psl/check.h"

void psl_check(struct psl *psl)
{
	static void (*const stages[])(struct psl *) = {
		check_names,    check_types,     check_relation_fields, check_models,
		pair_relations, check_relations, check_constraints,
	};
	for (size_t i = 0; i < LEN(stages) && !psl->problems.len; i++)
		stages[i](psl);
}
