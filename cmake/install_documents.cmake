# Runs at installation: the program `saccade_program` writes its manual page and completions into the folder `work`, and
# they are installed for `man` and the shells.
function(install_form form folder name)
  file(MAKE_DIRECTORY "${work}")
  execute_process(COMMAND "${saccade_program}" options --${form} OUTPUT_FILE "${work}/${name}"
    COMMAND_ERROR_IS_FATAL ANY)
  file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/${folder}" TYPE FILE FILES "${work}/${name}")
endfunction()

# Debian's zsh reads vendor-completions in /usr; every zsh reads site-functions in /usr/local.
set(zsh site-functions)
if(CMAKE_INSTALL_PREFIX MATCHES "(^|/)usr$")
  set(zsh vendor-completions)
endif()
install_form(man ${mandir}/man1 saccade.1)
install_form(bash ${datadir}/bash-completion/completions saccade)
install_form(zsh ${datadir}/zsh/${zsh} _saccade)
