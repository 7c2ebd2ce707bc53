#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes the completion of authzd for a shell, from what its --help says.

usage: make_completion.py bash|zsh|fish AUTHZD
"""
import dataclasses
import sys

import help_text

HEAD = "# Completion of authzd for {}, made from its --help.\n"


def takes_path(option):
    return option.value.split()[:1] in (["FILE"], ["PATH"]) or option.long in ("path", "--against")


def live_words(option):
    """What `authzd complete` is asked for the option's value; nothing where it does not know."""
    value = option.value.split()[0] if option.value else ""
    if option.long in ("--account", "account"):
        return "accounts"
    if value == "RUN":
        return "runs"
    if value == "HASH|REVISION":
        return "approvals" if option.long == "--revoke" else "hashes"
    if value == "KEY|NAME":
        return "pins"
    if value in ("SERVICE", "SERVICE[:INSTANCE]"):
        return "services"
    return "names" if option.long in ("--name", "name") else ""


def forms_of(option):
    """`text|json=FILE`: the words before the sign, each with it."""
    word = option.value.removesuffix(" ...")
    return [form + "=" for form in word.removesuffix("=FILE").split("|")] if word.endswith("=FILE") else []


# ── bash ────────────────────────────────────────────────────────────────────────────────────────
BASH = r"""
# What the daemon knows, one word a line; nothing where it does not answer in time.
_authzd_words() {
  local -a config=()
  local i
  for ((i = 1; i < ${#COMP_WORDS[@]} - 1; i++)); do
    [[ ${COMP_WORDS[i]} != --config ]] || config=(--config "${COMP_WORDS[i + 1]}")
  done
  timeout 2 "${COMP_WORDS[0]}" complete "$1" "${config[@]}" 2>/dev/null
}
_authzd() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' word
  # bash takes `--option=value` for three words.
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
  COMPREPLY=()
  case $command:$prev in
@VALUES@
  esac
  case $command in
    '') mapfile -t COMPREPLY < <(compgen -W '@COMMANDS@' -- "$cur") ;;
@OPTIONS@
  esac
}
complete -o default -F _authzd authzd
"""


def bash_value(option):
    """The line that fills COMPREPLY with what an option may be given."""
    if live_words(option):
        return f'mapfile -t COMPREPLY < <(compgen -W "$(_authzd_words {live_words(option)})" -- "$cur")'
    words = forms_of(option) or option.choices
    if words:
        return f"mapfile -t COMPREPLY < <(compgen -W '{' '.join(words)}' -- \"$cur\")"
    if takes_path(option):
        return 'mapfile -t COMPREPLY < <(compgen -f -- "$cur")'
    return "compopt +o default 2>/dev/null"


def bash(itself, commands):
    places, options = {}, []  # what completes a value, and after which words
    for command in commands:
        for option in command.options:
            if option.value:
                named = [f"{command.name}:{name}" for name in option.names]
                places.setdefault(bash_value(option), []).extend(named)
        words = [name for option in command.options for name in option.names]
        words += [word for each in command.positionals if not live_words(each) for word in each.choices]
        live = "".join(f'; [[ $cur == -* ]] || _authzd_words {live_words(each)}'
                       for each in command.positionals if live_words(each))
        offered = f"$(printf '%s\\n' {' '.join(words)}{live})"
        options.append(f'    {command.name}) mapfile -t COMPREPLY < <(compgen -W "{offered}" -- "$cur") ;;')
    values = [f"    {' | '.join(named)})\n      {fill}\n      return ;;" for fill, named in places.items()]
    first = [command.name for command in commands] + [n for o in itself.options for n in o.names]
    return (HEAD.format("bash") + BASH.replace("@VALUES@", "\n".join(values))
            .replace("@OPTIONS@", "\n".join(options)).replace("@COMMANDS@", " ".join(first)))


# ── zsh ─────────────────────────────────────────────────────────────────────────────────────────
ZSH = r"""
_authzd_words() {
  local -a config=() found=()
  local at=${words[(i)--config]}
  ((at >= $#words)) || config=(--config $words[at+1])
  found=("${(@f)$(timeout 2 authzd complete $1 $config 2>/dev/null)}")
  compadd -a found
}
_authzd() {
  local command='' index
  for ((index = 2; index < CURRENT; index++)); do
    [[ $words[index] != -* ]] || continue
    command=$words[index]
    shift $((index - 1)) words
    ((CURRENT -= index - 1))
    break
  done
  case $command in
    '')
      local -a commands=(
@COMMANDS@
      )
      if [[ $words[CURRENT] == -* ]]; then
        _arguments @ITSELF@
      else
        _describe command commands
      fi ;;
@OPTIONS@
  esac
}
_authzd "$@"
"""


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_action(option):
    if live_words(option):
        return f":{option.long.strip('-')}:_authzd_words {live_words(option)}"
    if forms_of(option):
        return f":form and file:({' '.join(forms_of(option))})"
    name = option.value.split()[0] if option.value else option.long
    if option.choices:
        return f":{option.long.strip('-')}:({' '.join(option.choices)})"
    return f":{name}:" + ("_files" if takes_path(option) else "") if option.value else ""


def zsh_specs(command):
    specs = []
    for option in command.options:
        said = option.help.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
        many = "*" if option.value.endswith("...") else ""
        specs += [quoted(f"{many}{name}[{said}]{zsh_action(option)}") for name in option.names]
    for each in command.positionals:
        specs.append(quoted(("*" if each.value.endswith("...") else "1") + zsh_action(each)))
    return " \\\n        ".join(specs)


def zsh(itself, commands):
    described = [f"        {quoted(c.name + ':' + c.help.replace(':', chr(92) + ':'))}" for c in commands]
    options = [f"    {c.name})\n      _arguments \\\n        {zsh_specs(c)} ;;" for c in commands]
    return ("#compdef authzd\n" + HEAD.format("zsh") + ZSH.replace("@COMMANDS@", "\n".join(described))
            .replace("@ITSELF@", zsh_specs(itself)).replace("@OPTIONS@", "\n".join(options)))


# ── fish ────────────────────────────────────────────────────────────────────────────────────────
FISH = r"""
function __authzd_words
    set -l config
    set -l words (commandline -opc)
    if set -l at (contains -i -- --config $words)
        set config --config $words[(math $at + 1)]
    end
    timeout 2 authzd complete $argv[1] $config 2>/dev/null
end
function __authzd_is
    set -l words (commandline -opc)
    for word in $words[2..-1]
        string match -q -- '-*' $word; and continue
        contains -- $word $argv
        return
    end
    test (count $argv) -eq 0
end
complete -c authzd -f
"""


def fish_words(option):
    """The arguments of `complete` for what an option or argument may be given."""
    if live_words(option):
        return f"-a '(__authzd_words {live_words(option)})'"
    words = forms_of(option) or option.choices
    if words:
        return f"-a '{' '.join(words)}'"
    return "-F" if takes_path(option) else ""


def fish_lines(condition, command):
    for option in command.options:
        names = " ".join(("-l " if n.startswith("--") else "-s ") + n.lstrip("-") for n in option.names)
        value = f"-r {fish_words(option)}" if option.value else ""
        yield f"complete -c authzd -n {quoted(condition)} {names} -d {quoted(option.help)} {value}".rstrip()
    for each in command.positionals:
        if fish_words(each):
            yield f"complete -c authzd -n {quoted(condition)} {fish_words(each)}"


def fish(itself, commands):
    lines = [f"complete -c authzd -n __authzd_is -a {c.name} -d {quoted(c.help)}" for c in commands]
    lines += fish_lines("__authzd_is", itself)
    for command in commands:
        lines += fish_lines(f"__authzd_is {command.name}", command)
    return HEAD.format("fish") + FISH + "\n".join(lines) + "\n"


def with_words(commands):
    """A command's name, and a word that is always the same, as what may be chosen."""
    names = "|".join(command.name for command in commands)

    def chosen(each):
        value = each.value.removesuffix(" ...")
        if value == "COMMAND":
            return dataclasses.replace(each, value=names)
        return dataclasses.replace(each, value=f"{{{value}}}") if value.islower() and "|" not in value else each

    return [dataclasses.replace(command, positionals=[chosen(each) for each in command.positionals])
            for command in commands]


def main(shell, authzd):
    itself, commands = help_text.program(authzd)
    print({"bash": bash, "zsh": zsh, "fish": fish}[shell](itself, with_words(commands)), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
