import type { Command } from "commander";
import { environmentNames } from "../config/environment";
import { stages } from "../deployment/stages";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

interface Option {
  readonly name: string;
  readonly description: string;
  /** Values that it takes, where they are few. */
  readonly values: readonly string[];
  readonly takesValue: boolean;
}

interface Words {
  readonly command: string;
  readonly description: string;
  /** Values of the first argument, where they are few. */
  readonly values: readonly string[];
  readonly options: readonly Option[];
}

const knownValues: Readonly<Record<string, readonly string[]>> = {
  "--env": environmentNames,
  "--until": stages.map(({ name }) => name),
};

const wordsOf = (program: Command): readonly Words[] =>
  program.commands.map((command) => ({
    command: command.name(),
    description: command.description(),
    values: command.name() === "completion" ? shells : [],
    options: command.options.flatMap(({ long, description, required }) =>
      long ? [{ name: long, description, values: knownValues[long] ?? [], takesValue: required }] : [],
    ),
  }));

/** A script for a shell's start file, from the commands themselves. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = wordsOf(program);
  return { bash, zsh, fish }[shell](commands);
}

const namesOf = (options: readonly Option[]): string => options.map(({ name }) => name).join(" ");

/** Options with known values, each once: `--env) values="production staging" ;;`. */
const valueCases = (commands: readonly Words[], line: (option: Option) => string): string => {
  const options = commands.flatMap(({ options: of }) => of.filter(({ values }) => values.length > 0));
  return [...new Map(options.map((option) => [option.name, line(option)])).values()].join("\n");
};

const bash = (commands: readonly Words[]): string => `_plimsoll() {
  local words="" current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  case "\${COMP_WORDS[1]}" in
${commands.map(({ command, values, options }) => `    ${command}) words="${[...values, namesOf(options)].join(" ")}" ;;`).join("\n")}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${commands.map(({ command }) => command).join(" ")}"
  case "$before" in
${valueCases(commands, ({ name, values }) => `    ${name}) words="${values.join(" ")}" ;;`)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _plimsoll plimsoll
`;

/** Between single quotes of zsh's \`_describe\`, where a colon ends the name. */
const described = (name: string, description: string): string =>
  `'${`${name}:${description}`.replaceAll("'", "'\\''")}'`;

const zsh = (commands: readonly Words[]): string => `#compdef plimsoll
_plimsoll() {
  local -a commands words_of values
  commands=(
${commands.map(({ command, description }) => `    ${described(command, description)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[CURRENT-1] in
${valueCases(commands, ({ name, values }) => `    ${name}) values=(${values.join(" ")}) ;;`)}
  esac
  if (( $#values )); then
    compadd -- $values
    return
  fi
  case $words[2] in
${commands
  .map(
    ({ command, values, options }) =>
      `    ${command})
      values=(${values.join(" ")})
      words_of=(${options.map(({ name, description }) => `\n        ${described(name, description)}`).join("")}
      ) ;;`,
  )
  .join("\n")}
  esac
  (( $#values )) && compadd -- $values
  if [[ $words[CURRENT] == -* ]]; then _describe option words_of; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _plimsoll plimsoll
`;

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const fish = (commands: readonly Words[]): string =>
  [
    ...commands.flatMap(({ command, description, values, options }) => [
      `complete -c plimsoll -n __fish_use_subcommand -f -a ${command} -d ${quoted(description)}`,
      ...(values.length > 0
        ? [`complete -c plimsoll -n '__fish_seen_subcommand_from ${command}' -f -a '${values.join(" ")}'`]
        : []),
      ...options.map((option) => {
        const value = option.values.length > 0 ? ` -xa '${option.values.join(" ")}'` : option.takesValue ? " -r" : "";
        return `complete -c plimsoll -n '__fish_seen_subcommand_from ${command}' -l ${option.name.slice(2)} -d ${quoted(option.description)}${value}`;
      }),
    ]),
    "",
  ].join("\n");
