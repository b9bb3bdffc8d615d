/*
 * /usr/bin/fairlead of the image: runs Fairlead's programs and commands on its Java runtime. The image has no shell that
 * could; what the JVM gets is in a file of arguments, and words given here come after it, as they are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JAVA "/opt/fairlead/jre/bin/java"
#define FILES "@/opt/fairlead/app/"
#define EX_UNAVAILABLE 69 /* sysexits.h */

/* Programs take their share of the container's memory; a command that asks one of them takes little. */
static const char *arguments(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	/* After the name of a program comes nothing or an option; a word there is a question to it. */
	int asks = argc > 2 && argv[2][0] != '-';

	if (!strcmp(command, "ingress"))
		return asks ? FILES "ingress-tool.args" : FILES "ingress.args";
	if (!strcmp(command, "controller"))
		return FILES "controller.args";
	if (!strcmp(command, "proxy"))
		return FILES "agent.args";
	return FILES "tool.args";
}

int main(int argc, char **argv)
{
	/* Room for one more word, and for the null at the end. */
	char **words = calloc((size_t)argc + 2, sizeof *words);

	if (words) {
		words[0] = JAVA;
		words[1] = (char *)arguments(argc, argv);
		for (int i = 1; i < argc; i++)
			words[i + 1] = argv[i];
		execv(JAVA, words);
	}
	fprintf(stderr, "fairlead: cannot run " JAVA ": %s\n", strerror(errno));
	return EX_UNAVAILABLE;
}
