/*
 * /usr/bin/fairlead of the image: runs Fairlead's commands on its Java runtime. The image has no shell that could; what
 * the JVM gets is in the file of arguments, and words given here come after it, as they are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JAVA "/opt/fairlead/jre/bin/java"
#define ARGUMENTS "@/opt/fairlead/app/tool.args"
#define EX_UNAVAILABLE 69 /* sysexits.h */

int main(int argc, char **argv)
{
	/* Room for one more word, and for the null at the end. */
	char **words = calloc((size_t)argc + 2, sizeof *words);

	if (words) {
		words[0] = JAVA;
		words[1] = ARGUMENTS;
		for (int i = 1; i < argc; i++)
			words[i + 1] = argv[i];
		execv(JAVA, words);
	}
	fprintf(stderr, "fairlead: cannot run " JAVA ": %s\n", strerror(errno));
	return EX_UNAVAILABLE;
}
