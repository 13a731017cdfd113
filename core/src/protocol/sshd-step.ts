/** The name of the first-boot step that installs sshd (`Health.firstBoot`). */
export const sshdStep = 'sshd'
