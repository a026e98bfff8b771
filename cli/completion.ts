import type { Command } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

interface Words {
  readonly command: string;
  readonly description: string;
  readonly options: readonly string[];
}

const wordsOf = (program: Command): readonly Words[] =>
  program.commands.map((command) => ({
    command: command.name(),
    description: command.description(),
    options: command.options.flatMap(({ long }) => long ?? []),
  }));

/** A script for a shell's start file, from the commands themselves. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = wordsOf(program);
  const names = commands.map(({ command }) => command).join(" ");
  const cases = commands.map(({ command, options }) => `    ${command}) words="${options.join(" ")}" ;;`).join("\n");
  if (shell === "fish")
    return [
      "complete -c plimsoll -f",
      ...commands.flatMap(({ command, description, options }) => [
        `complete -c plimsoll -n __fish_use_subcommand -a ${command} -d '${description.replaceAll("'", "")}'`,
        ...options.map(
          (option) => `complete -c plimsoll -n '__fish_seen_subcommand_from ${command}' -l ${option.slice(2)}`,
        ),
      ]),
      "",
    ].join("\n");
  const body = `_plimsoll() {
  local words="" current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}" in
${cases}
    *) words="${names}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${names}"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _plimsoll plimsoll
`;
  return shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${body}` : body;
}
